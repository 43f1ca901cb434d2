"""The core of Lunzhi: units, people, rosters, the ledger and their calendars. It knows no Flask."""
