"""Tasks of sound: recordings as MFCC, their views, and the constants that the feature graph shares with them."""
