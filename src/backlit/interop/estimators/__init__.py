"""What stands behind the scikit-learn estimators: options, targets, learning."""
