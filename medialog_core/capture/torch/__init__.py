"""Looking into models of torch: the only part of capture that imports a framework."""
