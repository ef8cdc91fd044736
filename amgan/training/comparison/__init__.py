"""The paper's comparison made again: models x labelings x seeds at equal budget, one page of what came out."""
