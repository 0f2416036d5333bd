"""The page's parts. With `app.py` the only place that imports gradio."""
