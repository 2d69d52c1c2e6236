"""Companies in an edition: recruited, applied, admitted, on their stand, in the directory, with their figures."""
