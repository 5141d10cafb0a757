"""抽样复核: some who rated are asked again by somebody else, and what they say then stands beside the rating."""
