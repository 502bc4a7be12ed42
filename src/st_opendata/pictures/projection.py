"""Two equal-area projections: Europe as its statistical office draws it, and the whole world for what lies beyond."""

from __future__ import annotations

from math import asin, atanh, cos, radians, sin, sqrt

Point = tuple[float, float]

_AXIS, _FLATTENING = 6378137.0, 1 / 298.257222101
_SQUARED = _FLATTENING * (2 - _FLATTENING)
_ECCENTRICITY = sqrt(_SQUARED)
_FALSE_EAST, _FALSE_NORTH = 4321000.0, 3210000.0
_LATITUDE, _LONGITUDE = radians(52), radians(10)

_EQUAL_EARTH = (1.340264, -0.081106, 0.000893, 0.003796)
_RADIUS = 6371.0072


def project_europe(latitude: float, longitude: float) -> Point:
    """East and north in km of ETRS89-LAEA (EPSG:3035) for degrees; the antipode of 52° N, 10° E has no place there.

    Lambert azimuthal equal-area on the ellipsoid: IOGP Publication 373-7-2, method 9820.
    """
    beta = asin(min(1.0, _authalic(radians(latitude)) / _POLE))
    turn = radians(longitude) - _LONGITUDE
    towards = 1 + sin(_BETA) * sin(beta) + cos(_BETA) * cos(beta) * cos(turn)
    scale = _RADIUS_Q * sqrt(2 / max(towards, 1e-12))
    east = _FALSE_EAST + scale * _STRETCH * cos(beta) * sin(turn)
    north = _FALSE_NORTH + scale / _STRETCH * (cos(_BETA) * sin(beta) - sin(_BETA) * cos(beta) * cos(turn))
    return east / 1000, north / 1000


def project_world(latitude: float, longitude: float) -> Point:
    """East and north in km from 0° N, 0° E for degrees, in the Equal Earth projection (Šavrič and others, 2018)."""
    a1, a2, a3, a4 = _EQUAL_EARTH
    theta = asin(sqrt(3) / 2 * sin(radians(latitude)))
    square = theta * theta
    sixth = square**3
    slope = 9 * a4 * sixth * square + 7 * a3 * sixth + 3 * a2 * square + a1
    east = 2 * sqrt(3) * radians(longitude) * cos(theta) / (3 * slope)
    north = theta * (a4 * sixth * square + a3 * sixth + a2 * square + a1)
    return east * _RADIUS, north * _RADIUS


def _authalic(latitude: float) -> float:
    sine = sin(latitude)
    inner = 1 - _SQUARED * sine * sine
    return (1 - _SQUARED) * (sine / inner + atanh(_ECCENTRICITY * sine) / _ECCENTRICITY)


_POLE = _authalic(radians(90))
_BETA = asin(_authalic(_LATITUDE) / _POLE)
_RADIUS_Q = _AXIS * sqrt(_POLE / 2)
_STRETCH = _AXIS * cos(_LATITUDE) / (sqrt(1 - _SQUARED * sin(_LATITUDE) ** 2) * _RADIUS_Q * cos(_BETA))
