/// Operations that programs for the CPU can call instead of XLA's own code, by name.
///
/// A module has kernels of its own as a ``KernelModule``.
public struct KernelSet: Sendable, Hashable, ExpressibleByArrayLiteral {
  private let names: Set<String>

  private init(names: Set<String>) { self.names = names }

  /// One kind of kernels.
  /// - Parameter name: what people read, `batch normalization` say.
  public init(_ name: String) { names = [name] }

  public init(arrayLiteral sets: KernelSet...) { names = sets.reduce(into: []) { $0.formUnion($1.names) } }

  /// Batch normalization and its gradient, in float32 and bfloat16.
  public static let batchNormalization = KernelSet("batch normalization")
  /// Maximum pooling with windows side by side, and its gradient, in float32 and bfloat16.
  public static let maximumPooling = KernelSet("maximum pooling")
  /// Sums over leading axes of large arrays, in float32 and bfloat16.
  public static let sum = KernelSet("sums")
  /// Products of matrices in float32.
  public static let product = KernelSet("products")
  /// Cross entropies of logits and their gradient, in float32 and bfloat16.
  public static let crossEntropy = KernelSet("cross entropy")
  /// Layer normalization and its gradient, in float32 and bfloat16.
  public static let layerNormalization = KernelSet("layer normalization")
  /// Softmax over the last axis and its gradient, in float32 and bfloat16.
  public static let softmax = KernelSet("softmax")
  /// Images seen through affine maps, of bytes, float32 and bfloat16.
  public static let affineSampling = KernelSet("affine sampling")
  /// Random bits and derived keys.
  public static let randomBits = KernelSet("random bits")
  /// Barriers that XLA neither removes nor moves anything across, as it does with its own on the CPU.
  public static let barrier = KernelSet("barriers")
  /// The kernels of all modules that have their own, whatever they are called.
  public static let modules = KernelSet("modules' own")

  /// Convolution and its gradients in float32, by oneDNN.
  public static let convolution = KernelSet("convolution")
  /// Convolution and its gradients in float32 by Winograd's filtering, where kernels are 3x3 and it pays.
  public static let winograd = KernelSet("Winograd's filtering")
  /// As ``convolution``, in bfloat16.
  public static let bfloat16Convolution = KernelSet("bfloat16 convolution")
  /// Products of large matrices in float32, by oneDNN.
  public static let largeProduct = KernelSet("large products")
  /// Matrix products in bfloat16, by oneDNN.
  public static let bfloat16Product = KernelSet("bfloat16 products")
  /// Decompositions and systems of equations in float32 and float64, and symmetric products in float64, by OpenBLAS.
  public static let linearAlgebra = KernelSet("linear algebra")

  /// What needs no other library.
  public static let own: KernelSet = [
    batchNormalization, layerNormalization, maximumPooling, sum, product, crossEntropy, softmax, affineSampling,
    randomBits, barrier, modules,
  ]
  /// What oneDNN computes.
  public static let oneDNN: KernelSet = [convolution, winograd, largeProduct, bfloat16Convolution, bfloat16Product]
  public static let all: KernelSet = [own, oneDNN, linearAlgebra]

  public var isEmpty: Bool { names.isEmpty }

  /// Whether all of `other` is in here.
  public func contains(_ other: KernelSet) -> Bool { other.names.isSubset(of: names) }

  public func intersection(_ other: KernelSet) -> KernelSet { KernelSet(names: names.intersection(other.names)) }
}

extension KernelSet: CustomStringConvertible {
  public var description: String { names.isEmpty ? "none" : names.sorted().joined(separator: ", ") }
}
