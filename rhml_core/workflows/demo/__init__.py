"""An invented corpus and simulated experts, marked as such, who work while one watches."""
