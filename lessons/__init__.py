"""The experiments: what can be turned, what is trained, what is measured, who has won."""
