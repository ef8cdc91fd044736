"""A model as a page without a server: its nets as ONNX, checked against it, and files that any web host can keep."""
