"""Publication of the catalogue: signed editions in a TUF repository (theupdateframework.io).

Four roles, each with its own keys. ``root`` says which keys count and is signed by several people;
``targets`` says what the catalogue is and is signed by those who answer for its content; both are
kept away from any server. ``snapshot`` and ``timestamp`` say which edition is the newest, so that
nobody can offer an old one or hold a new one back. The repository is plain files: the central API
serves them, and a USB stick carries them to a terminal without a network.
"""
