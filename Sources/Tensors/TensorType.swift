@_exported import struct PJRT.HostArray
@_exported import enum PJRT.DType
import PJRT

/// What is known of a tensor before anything runs: its element type and shape.
public struct TensorType: Sendable, Hashable, CustomStringConvertible {
  public let dtype: DType
  public let shape: Shape

  public init(_ dtype: DType, _ shape: Shape) {
    self.dtype = dtype
    self.shape = shape
  }

  /// As StableHLO spells it: `tensor<2x3xf32>`.
  public var description: String {
    "tensor<" + shape.map { "\($0)x" }.joined() + dtype.mlir + ">"
  }
}
