"""Faces: where they are in a picture, and which way a head points.

In: a frame or a piece of one. Out: ``Face`` (a place) and ``HeadPose`` (angles): geometry, of the
same class as a trail. Never: who it is, or what they look like; that is ``vision.attributes``.
"""

from miseban.vision.faces.face import Face, FaceDetector
from miseban.vision.faces.opening import open_faces, open_head_pose
from miseban.vision.faces.pose import HeadPose, HeadPoseReader

__all__ = [
    "Face",
    "FaceDetector",
    "HeadPose",
    "HeadPoseReader",
    "open_faces",
    "open_head_pose",
]
