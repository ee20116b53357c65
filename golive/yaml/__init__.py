"""Reading manifests: from paths to bytes, from bytes to documents, from documents to Kubernetes objects."""
