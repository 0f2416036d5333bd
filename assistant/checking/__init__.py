"""Does a paper's text support a sentence? Judged on the processor, by signals that a person can read."""
