"""What a browser was told: Streamlit's messages, read back from a websocket's payloads."""

import json

from google.protobuf.message import DecodeError
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg


def component_data(frames, name):
    """
    What a component was given to draw, oldest first.

    Args:
        frames: payloads received over websockets.
        name: how the component is registered.

    Returns:
        One dict for each drawing.
    """
    drawn = []
    for payload in frames:
        element = _message(payload).delta.new_element
        if element.WhichOneof("type") != "bidi_component":
            continue
        component = element.bidi_component
        if component.component_name.endswith(name):
            drawn.append(json.loads(component.json or component.mixed.json))
    return drawn


def is_told(frames, word):
    """Whether a word stands anywhere in the payloads."""
    return word.encode() in b"".join(frames)


def _message(payload):
    message = ForwardMsg()
    try:
        message.ParseFromString(payload)
    except DecodeError:  # a socket's own small talk
        return ForwardMsg()
    return message
