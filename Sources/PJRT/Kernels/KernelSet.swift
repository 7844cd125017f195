/// Operations that programs for the CPU can call instead of XLA's own code.
public struct KernelSet: OptionSet, Sendable, Hashable {
  public let rawValue: Int
  public init(rawValue: Int) { self.rawValue = rawValue }

  /// Batch normalization and its gradient, in float32 and bfloat16.
  public static let batchNormalization = KernelSet(rawValue: 1 << 0)
  /// Maximum pooling with windows side by side, and its gradient, in float32 and bfloat16.
  public static let maximumPooling = KernelSet(rawValue: 1 << 1)
  /// Sums over leading axes of large arrays, in float32 and bfloat16.
  public static let sum = KernelSet(rawValue: 1 << 2)
  /// Images seen through affine maps, of bytes, float32 and bfloat16.
  public static let affineSampling = KernelSet(rawValue: 1 << 3)
  /// The state loop of echo state networks in float64.
  public static let reservoir = KernelSet(rawValue: 1 << 4)

  /// Convolution and its gradients in float32, by oneDNN.
  public static let convolution = KernelSet(rawValue: 1 << 16)
  /// Convolution and its gradients in float32 by Winograd's filtering, where kernels are 3x3 and it pays.
  public static let winograd = KernelSet(rawValue: 1 << 17)
  /// As ``convolution``, in bfloat16.
  public static let bfloat16Convolution = KernelSet(rawValue: 1 << 18)
  /// Matrix products in bfloat16, by oneDNN.
  public static let bfloat16Product = KernelSet(rawValue: 1 << 19)

  /// Decompositions and systems of equations in float32 and float64, and symmetric products in float64, by OpenBLAS.
  public static let linearAlgebra = KernelSet(rawValue: 1 << 20)

  /// What needs no other library.
  public static let own: KernelSet = [batchNormalization, maximumPooling, sum, affineSampling, reservoir]
  /// What oneDNN computes.
  public static let oneDNN: KernelSet = [convolution, winograd, bfloat16Convolution, bfloat16Product]
  public static let all: KernelSet = [own, oneDNN, linearAlgebra]
}

extension KernelSet: CustomStringConvertible {
  public var description: String {
    let names: [(KernelSet, String)] = [
      (.batchNormalization, "batch normalization"), (.maximumPooling, "maximum pooling"), (.sum, "sums"),
      (.affineSampling, "affine sampling"), (.reservoir, "reservoirs"),
      (.convolution, "convolution"), (.winograd, "Winograd's filtering"),
      (.bfloat16Convolution, "bfloat16 convolution"), (.bfloat16Product, "bfloat16 products"),
      (.linearAlgebra, "linear algebra"),
    ]
    let own = names.filter { contains($0.0) }.map(\.1)
    return own.isEmpty ? "none" : own.joined(separator: ", ")
  }
}
