"""Who somebody is: registries, sign-in, the signatures of cards."""
