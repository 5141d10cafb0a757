"""差评整改: what a bad rating opens, with its unit, its limits, its appeal and its second rating."""
