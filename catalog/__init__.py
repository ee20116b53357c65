"""What the products are, as typed data: services, edges, data stores, secrets and service levels."""

from catalog.market_intelligence import MARKET_INTELLIGENCE
from catalog.model import Product, Service, Store
from catalog.optibid import OPTIBID, REGRESSION
from catalog.signal_service import SIGNAL_SERVICE
from catalog.stores import STORES

__all__ = ["PRODUCTS", "REGRESSION", "STORES", "product", "service", "store"]

PRODUCTS: tuple[Product, ...] = (MARKET_INTELLIGENCE, SIGNAL_SERVICE, OPTIBID)
"""Every product, in the order in which they are built."""


def product(name: str) -> Product:
    """Find a product by its name; ``KeyError`` when there is none."""
    return {each.name: each for each in PRODUCTS}[name]


def service(name: str) -> Service:
    """Find a service by its name, which is unique across products; ``KeyError`` when there is none."""
    return {each.name: each for one in PRODUCTS for each in one.services}[name]


def store(name: str) -> Store:
    """Find a kind of data store by its name; ``KeyError`` when there is none."""
    return {each.name: each for each in STORES}[name]
