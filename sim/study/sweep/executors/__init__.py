"""Where batches are worked on: in this process, on all its cores, or on a cluster; always the same bytes."""
