"""What Streamlit makes us do: state of the process, waiting, callbacks that end, scrolling."""
