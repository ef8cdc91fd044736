"""Any number of pictures to files: in constant memory, resumable, and the same bytes however often it was stopped."""
