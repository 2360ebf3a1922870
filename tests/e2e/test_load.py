"""Many students at once through real sockets, every button pressed three times, the server killed in the middle."""

import asyncio


def test_no_decision_is_lost_or_counted_twice_though_the_server_is_killed(students, tmp_path):
    server = students.Server(tmp_path).start()
    try:
        lesson = asyncio.run(
            students.ClassPlays(server, tables=2, students=10, rounds=3, presses=3).play(kill_in=2)
        )
    finally:
        server.kill()
    assert len(lesson.committed) == 2 * 3 * 4  # tables, rounds, seats
    assert len(lesson.proposed) == 2 * 3  # of the second member of one delegation at each table
    assert students.compare_with_record(lesson, server.record) == len(lesson.committed)
