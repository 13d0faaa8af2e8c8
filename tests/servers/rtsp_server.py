"""A real RTSP server for the tests: GStreamer's, run by the system's Python (Debian packages).

    /usr/bin/python3 rtsp_server.py PORT [locked] [pictures=FOLDER]

Serves 320x240 motion JPEG at 10 frames a second as ``/live``; ``locked`` asks for user ``shop``
with password ``s3cret``; with ``pictures`` it is ``00000.jpg`` and so on of the folder, from the
first on for whoever comes first. Prints ``ready`` once it listens on 127.0.0.1.
"""

import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402

LAUNCH = (
    "( videotestsrc is-live=true pattern=ball"
    " ! video/x-raw,format=I420,width=320,height=240,framerate=10/1 ! jpegenc"
    " ! rtpjpegpay name=pay0 pt=26 )"
)

PICTURES = (
    "( multifilesrc location={}/%05d.jpg caps=image/jpeg,framerate=10/1 ! jpegdec ! videoconvert"
    " ! video/x-raw,format=I420 ! identity sync=true ! jpegenc quality=90"
    " ! rtpjpegpay name=pay0 pt=26 )"
)


def main() -> None:
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(sys.argv[1])

    factory = GstRtspServer.RTSPMediaFactory()
    folder = next((a.partition("=")[2] for a in sys.argv if a.startswith("pictures=")), "")
    factory.set_launch(PICTURES.format(folder) if folder else LAUNCH)
    factory.set_shared(True)
    server.get_mount_points().add_factory("/live", factory)

    if "locked" in sys.argv[2:]:
        auth = GstRtspServer.RTSPAuth()
        staff = GstRtspServer.RTSPToken()
        staff.set_string("media.factory.role", "staff")
        auth.add_basic(GstRtspServer.RTSPAuth.make_basic("shop", "s3cret"), staff)
        server.set_auth(auth)
        allowed = "media.factory.access=(boolean)true, media.factory.construct=(boolean)true"
        factory.add_role_from_structure(Gst.Structure.from_string(f"staff, {allowed}")[0])

    server.attach(None)
    print("ready", flush=True)
    GLib.MainLoop().run()


main()
