/// Operations that programs for the CPU can call instead of XLA's own code.
public struct KernelSet: OptionSet, Sendable, Hashable {
  public let rawValue: Int
  public init(rawValue: Int) { self.rawValue = rawValue }

  /// Batch normalization and its gradient, in float32 and bfloat16.
  public static let batchNormalization = KernelSet(rawValue: 1)
  /// Convolution and its gradients in float32, by oneDNN.
  public static let convolution = KernelSet(rawValue: 2)
  /// As ``convolution``, in bfloat16.
  public static let bfloat16Convolution = KernelSet(rawValue: 4)
  /// Matrix products in bfloat16, by oneDNN.
  public static let bfloat16Product = KernelSet(rawValue: 8)

  /// Maximum pooling with windows side by side, and its gradient, in float32 and bfloat16.
  public static let maximumPooling = KernelSet(rawValue: 16)

  /// The state loop of echo state networks in float64.
  public static let reservoir = KernelSet(rawValue: 32)

  /// Products of a matrix with its transpose, and solutions with positive definite matrices, in float64.
  public static let symmetricMatrices = KernelSet(rawValue: 64)

  /// What needs no other library.
  public static let own: KernelSet = [batchNormalization, maximumPooling, reservoir, symmetricMatrices]
  public static let all: KernelSet = [own, convolution, bfloat16Convolution, bfloat16Product]
}

extension KernelSet: CustomStringConvertible {
  public var description: String {
    let names: [(KernelSet, String)] = [
      (.batchNormalization, "batch normalization"), (.maximumPooling, "maximum pooling"), (.convolution, "convolution"),
      (.bfloat16Convolution, "bfloat16 convolution"), (.bfloat16Product, "bfloat16 products"),
      (.reservoir, "reservoirs"), (.symmetricMatrices, "symmetric matrices"),
    ]
    let own = names.filter { contains($0.0) }.map(\.1)
    return own.isEmpty ? "none" : own.joined(separator: ", ")
  }
}
