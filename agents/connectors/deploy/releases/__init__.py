"""Git releases: versions of a repository laid out in folders of this machine, one of which is current."""
