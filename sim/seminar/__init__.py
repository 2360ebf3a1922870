"""The classroom: a class plays the crisis in five scenes, with robots in the seats that nobody holds.

From below: ``setup``, ``state``, ``events`` and ``apply`` are the lesson as a pure state machine; ``table_game`` is
the treaty game under it; ``commands``, ``desk`` and ``conduct`` say what may happen and what happens by itself;
``store`` keeps it; ``classroom`` holds it all together and knows no web; ``web`` shows it in a browser.
"""
