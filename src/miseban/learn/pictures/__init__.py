"""Pictures to learn from: random shops drawn in software, and folders of pictures with truth."""
