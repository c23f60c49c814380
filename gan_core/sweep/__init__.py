"""Many runs that differ in one to three settings, on all cores or on a cluster, and the map that they give."""
