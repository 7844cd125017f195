import TestSupport
import Testing

@testable import Tensors

/// Every case of `primitives.json` and `decompositions.json`, one program per operation.
@Suite(.tags(.engine)) struct FixtureTests {
  static let families: [(name: String, cases: [Fixture])] = {
    let cases = ["primitives", "decompositions"].flatMap { (try? Fixture.load($0)) ?? [] }
    return Dictionary(grouping: cases, by: \.primitive).sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }()

  @Test func allCasesAreRead() throws {
    #expect(Self.families.reduce(0) { $0 + $1.cases.count } == 389)
    #expect(Self.families.map(\.name) == FixtureTable.applications.keys.sorted())
  }

  @Test(arguments: families.map(\.name)) func values(_ name: String) throws {
    let cases = Self.families.first { $0.name == name }?.cases ?? []
    let apply = try #require(FixtureTable.applications[name])
    let inputs = cases.map { $0.inputs.map { $0.tensor() } }
    // Element types that the host lacks are cast to and from inside the program.
    let program = try Program(inputs.flatMap { $0.map(\.type) }) { arguments in
      var rest = arguments[...]
      return cases.flatMap { fixture -> [Tensor] in
        let own = zip(rest.prefix(fixture.inputs.count), fixture.inputs).map { $0.cast(to: $1.dtype) }
        rest = rest.dropFirst(fixture.inputs.count)
        let results = apply(own, fixture)
        // The generator's state comes first in the fixture; the primitive gives only the bits.
        let expected = fixture.outputs.suffix(results.count)
        #expect(results.map(\.type) == expected.map { TensorType($0.dtype, Shape($0.shape)) }, "\(fixture.name)")
        // Narrow types leave the program as they are: XLA may skip a rounding that is undone at once.
        return zip(results, expected).map { $1.dtype == .float32 ? $0.cast(to: .float64) : $0 }
      }
    }
    var results = try program(inputs.flatMap(\.self))[...]
    for fixture in cases {
      for expected in fixture.outputs.suffix(name == "rngBits" ? 1 : fixture.outputs.count) {
        let next = results.popFirst()
        let found = try #require(next)
        if expected.dtype.isFloatingPoint {
          // XLA's functions may flush subnormal results to zero.
          let numbers: [Double] = try found.cast(to: .float64).values()
          let wanted = expected.doubles.map { $0.isSubnormal ? 0 : $0 }
          let close = agree(numbers, wanted, within: tolerance(name, expected.dtype), floor: floor(name))
          #expect(close, "\(fixture.name): \(numbers) for \(expected.doubles)")
        } else {
          let (found, wanted) = try (found.hostArray(), expected.tensor().hostArray())
          #expect(found == wanted, "\(fixture.name)")
        }
      }
    }
  }

  private func tolerance(_ name: String, _ dtype: DType) -> Double {
    switch dtype {
    // Near 1 the inverse magnifies the rounding of its argument.
    case .float64:
      switch name {
      case "erfInverse": 1e-11
      // The fixture is made of differences.
      case "batchNormalizationGradient", "layerNormalizationGradient": 1e-9
      case "eigh", "eigvals", "svd", "qr", "lu", "lstsq": 1e-13
      default: 1e-14
      }
    case .float32: 3e-7
    default: 0
    }
  }

  /// Sums of products lose digits where they cancel; elementwise functions must keep them.
  private func floor(_ name: String) -> Double {
    let sums: Set = [
      "sum", "product", "cumulativeSum", "dotGeneral", "cholesky", "triangularSolve", "linearSolve", "convolution",
      "convolutionInputGradient", "convolutionKernelGradient", "reduceWindowSum", "batchNormalization",
      "batchNormalizationGradient", "softmaxGradient", "eigh", "eigvals", "svd", "qr", "lu", "lstsq",
    ]
    return sums.contains(name) ? 10 : 0
  }
}
