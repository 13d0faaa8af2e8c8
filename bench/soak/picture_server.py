"""Pictures of a folder again and again, by RTSP; run by the system's Python (Debian packages).

/usr/bin/python3 picture_server.py PORT FOLDER FPS

``FOLDER/%05d.jpg`` of 320x240, as motion JPEG, at ``/live``. Prints ``ready`` once it listens on
127.0.0.1.
"""

import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402


def main() -> None:
    Gst.init(None)
    port, folder, fps = sys.argv[1:]
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(port)
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(
        f"( multifilesrc location={folder}/%05d.jpg loop=true"
        f" caps=image/jpeg,width=320,height=240,framerate={fps}/1"
        " ! jpegdec ! identity sync=true ! jpegenc ! rtpjpegpay name=pay0 pt=26 )"
    )
    factory.set_shared(True)
    server.get_mount_points().add_factory("/live", factory)
    server.attach(None)
    print("ready", flush=True)
    GLib.MainLoop().run()


main()
