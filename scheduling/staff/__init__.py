"""Who may be rostered and when: the days and slots, duties, agents with their history, teams."""
