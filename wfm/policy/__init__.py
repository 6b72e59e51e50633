"""Policy and people: what wfm.toml says, validated, and who works here."""
