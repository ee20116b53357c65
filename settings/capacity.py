"""What one service may use: how many copies, and of what size."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from settings.errors import ContradictionError, Fault
from settings.surroundings import Part
from settings.vocabulary import Count, CpuQuantity, MemoryQuantity, cpu_millicores, memory_bytes


class Replicas(Part):
    """How many copies of a service run."""

    min: Count
    """The fewest copies."""
    max: Count
    """The most copies."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.min > self.max:
            raise ContradictionError(
                Fault(("max",), f"{self.max}, with min {self.min}", "min <= max, for example min: 2, max: 6")
            )
        return self


class Cpu(Part):
    """Processor time of one copy of a service."""

    request: CpuQuantity
    """What the scheduler sets aside."""
    limit: CpuQuantity
    """What it may use at most."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if cpu_millicores(self.request) > cpu_millicores(self.limit):
            found = f"'{self.limit}', with request '{self.request}'"
            raise ContradictionError(
                Fault(("limit",), found, "request <= limit, for example request: 100m, limit: 500m")
            )
        return self


class Memory(Part):
    """Memory of one copy of a service."""

    request: MemoryQuantity
    """What the scheduler sets aside."""
    limit: MemoryQuantity
    """What it may use at most; a process that takes more is killed."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if memory_bytes(self.request) > memory_bytes(self.limit):
            found = f"'{self.limit}', with request '{self.request}'"
            raise ContradictionError(
                Fault(("limit",), found, "request <= limit, for example request: 256Mi, limit: 512Mi")
            )
        return self


class Capacity(Part):
    """What one service may use."""

    replicas: Annotated[Replicas, Field(examples=["{min: 2, max: 6}"])]
    """The copies."""
    cpu: Annotated[Cpu, Field(examples=["{request: 100m, limit: 500m}"])]
    """The processor time of each."""
    memory: Annotated[Memory, Field(examples=["{request: 256Mi, limit: 256Mi}"])]
    """The memory of each."""
