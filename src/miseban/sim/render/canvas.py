"""Triangles to pixels, in software: Panda3D's ``p3tinydisplay``, without display or GPU.

Everything that knows Panda3D is in this file. Colour and identity come out of one pass: the alpha
channel is not blended, so what is written as a vertex's alpha stands, unchanged, in every pixel
that the triangle covers.
"""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
from numpy.typing import NDArray

from miseban.sim.render.lens import NEAR_M, Lens
from miseban.sim.render.mesh import Floats, Mesh
from miseban.vocabulary.errors import BadInput, Failed

MOST_CANVASES = 4  # buffers of different sizes kept; a size more replaces the oldest
SETTINGS = "load-display\naux-display\nwindow-type offscreen\naudio-library-name null\n"

_lock = threading.RLock()  # Panda3D's engine is one per process, and not for two threads
_canvases: dict[tuple[int, int], Canvas] = {}
_panda: Any = None


def panda() -> Any:
    """The module ``panda3d.core``, loaded when first needed. Raises ``BadInput`` without it."""
    global _panda
    if _panda is None:
        try:
            from panda3d import core
        except ImportError as error:
            raise BadInput(
                "no-renderer",
                "rendered cameras",
                'expected the package panda3d (pip install "miseban[sim]"), '
                f"and it cannot be loaded: {error}",
            ) from None
        core.loadPrcFileData("", SETTINGS + "notify-level-display error\n")
        _panda = core
    return _panda


def draw(size: tuple[int, int], lens: Lens | None, mesh: Mesh) -> NDArray[np.uint8]:
    """``mesh`` as seen through ``lens``: (H, W, 4) uint8, BGR and identity; 0 where nothing is.

    Without a lens, x and z of the points are pixels (x right, z up from the bottom), and y is
    depth. Pixels of the lens may differ in number from ``size`` = (width, height): the view is the
    same. Raises ``BadInput`` without Panda3D, ``Failed`` if it opens no picture in memory.
    """
    with _lock:
        if size not in _canvases:
            while len(_canvases) >= MOST_CANVASES:
                _canvases.pop(next(iter(_canvases))).close()
            _canvases[size] = Canvas(*size)
        return _canvases[size].draw(lens, mesh)


class Canvas:
    """One picture in memory, drawn again and again."""

    def __init__(self, width: int, height: int) -> None:
        core = panda()
        self.width, self.height = width, height
        selection = core.GraphicsPipeSelection.getGlobalPtr()
        pipe = selection.makePipe("TinyOffscreenGraphicsPipe", "p3tinydisplay")
        self._engine = core.GraphicsEngine.getGlobalPtr()
        wanted = core.FrameBufferProperties()
        wanted.setRgbaBits(8, 8, 8, 8)
        wanted.setDepthBits(24)
        shape = core.WindowProperties.size(width, height)
        refuse = core.GraphicsPipe.BFRefuseWindow
        self._buffer = pipe and self._engine.makeOutput(
            pipe, f"canvas-{width}x{height}", 0, wanted, shape, refuse
        )
        if not self._buffer:
            raise Failed("no-renderer", "rendered cameras", "p3tinydisplay opens no picture")
        self._texture = core.Texture()
        self._buffer.addRenderTexture(self._texture, core.GraphicsOutput.RTMCopyRam)
        self._buffer.setClearColor((0, 0, 0, 0))
        self._buffer.setActive(False)
        self._camera = core.Camera("camera")
        self._root = core.NodePath("root")
        self._eye = self._root.attachNewNode(self._camera)
        self._buffer.makeDisplayRegion().setCamera(self._eye)
        self._vertices = core.GeomVertexData("v", core.GeomVertexFormat.getV3c4(), 1)
        triangles = core.GeomTriangles(1)
        triangles.setIndexType(core.Geom.NTUint32)
        geom = core.Geom(self._vertices)
        geom.addPrimitive(triangles)
        self._node = core.GeomNode("mesh")
        self._node.addGeom(geom)
        node = self._root.attachNewNode(self._node)
        node.setAttrib(core.ColorAttrib.makeVertex())
        self._node.setFinal(True)
        node.node().setBounds(core.OmniBoundingVolume())

    def draw(self, lens: Lens | None, mesh: Mesh) -> NDArray[np.uint8]:
        """See ``draw`` of this module."""
        if not len(mesh.triangles):
            return np.zeros((self.height, self.width, 4), np.uint8)
        self._look_through(lens)
        rows = np.empty(len(mesh.points), [("point", "<f4", 3), ("rgba", "u1", 4)])
        rows["point"] = mesh.points
        rows["rgba"] = mesh.rgba
        geom = self._node.modifyGeom(0)
        data = geom.modifyVertexData()
        data.uncleanSetNumRows(len(rows))
        data.modifyArrayHandle(0).copyDataFrom(rows.tobytes())
        corners = np.ascontiguousarray(mesh.triangles, np.uint32)
        index = geom.modifyPrimitive(0).modifyVertices(corners.size)
        index.uncleanSetNumRows(corners.size)
        index.modifyHandle().copyDataFrom(corners.tobytes())
        self._buffer.setActive(True)
        self._engine.renderFrame()
        self._buffer.setActive(False)
        wide, high = self._texture.getXSize(), self._texture.getYSize()
        picture = np.frombuffer(self._texture.getRamImageAs("BGRA"), np.uint8)
        return picture.reshape(high, wide, 4)[::-1][: self.height, : self.width].copy()

    def _look_through(self, lens: Lens | None) -> None:
        core = panda()
        if lens is None:
            view = core.OrthographicLens()
            view.setFilmSize(self.width, self.height)
            view.setNearFar(-10, 10)
            self._eye.setMat(core.LMatrix4.identMat())
            self._eye.setPos(self.width / 2, 0, self.height / 2)
        else:
            view = core.PerspectiveLens()
            view.setFov(*lens.fov_deg)
            view.setNearFar(NEAR_M, 200)
            matrix: Floats = np.eye(4)
            matrix[:3, :3] = lens.axes  # rows: right, forward, up, as Panda3D has them
            matrix[3, :3] = lens.eye
            self._eye.setMat(core.LMatrix4(*matrix.ravel().tolist()))
        self._camera.setLens(view)

    def close(self) -> None:
        """Gives the memory back."""
        self._engine.removeWindow(self._buffer)
