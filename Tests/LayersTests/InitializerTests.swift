import ArrayFixtures
import Configuration
import Foundation
import Layers
import TestSupport
import Testing

@Suite(.tags(.engine)) struct InitializerTests {
  static let all = Registry<any Initializer>.all
  static let key = Key(seed: 3)

  static func make(_ text: String) throws -> any Initializer { try all.build(MethodSpec(parsing: text)) }

  static func values(_ text: String, _ shape: Shape, _ dtype: DType) throws -> Tensor {
    let initializer = try make(text)
    return initializer(shape, dtype: dtype, key: key)
  }

  /// Variance of a [300, 200] matrix, and the bound that values keep within, if there is one.
  struct Law: Sendable {
    let choice: String
    let variance: Double
    var bound = Double.infinity
  }

  /// The deviation of a standard normal cut at two deviations.
  static let cut = 0.8796256610342398

  static let laws = [
    Law(choice: "glorotUniform", variance: 2 / 500, bound: (6 / 500.0).squareRoot()),
    Law(choice: "glorotNormal", variance: 2 / 500, bound: 2 / cut * (2 / 500.0).squareRoot()),
    Law(choice: "heUniform", variance: 2 / 300, bound: (6 / 300.0).squareRoot()),
    Law(choice: "heNormal", variance: 2 / 300, bound: 2 / cut * (2 / 300.0).squareRoot()),
    Law(choice: "lecunUniform", variance: 1 / 300, bound: (3 / 300.0).squareRoot()),
    Law(choice: "lecunNormal", variance: 1 / 300, bound: 2 / cut * (1 / 300.0).squareRoot()),
    Law(choice: "varianceScaling(scale: 2, distribution: normal)", variance: 2 / 300),
    Law(
      choice: "varianceScaling(mode: fanOut, distribution: uniform)", variance: 1 / 200, bound: (3 / 200.0).squareRoot()
    ),
    Law(choice: "normal(deviation: 0.3)", variance: 0.09),
    Law(choice: "truncatedNormal(deviation: 0.3)", variance: 0.09 * cut * cut, bound: 0.6),
    Law(choice: "uniform(limit: 0.3)", variance: 0.03, bound: 0.3),
    Law(choice: "sparseNormal(connectivity: 0.1, gain: 1.5)", variance: 1.5 * 1.5 / 300),
    Law(choice: "orthogonal", variance: 1 / 300),
    Law(choice: "constant", variance: 0, bound: 0),
    Law(choice: "forgetBias", variance: 3 / 16.0, bound: 1),
    Law(choice: "identity", variance: 200 / 60_000 - pow(200 / 60_000, 2), bound: 1),
  ]

  @Test func everyInitializerHasALaw() throws {
    #expect(Set(try Self.laws.map { try MethodSpec(parsing: $0.choice).name }) == Set(Self.all.names))
  }

  @Test(arguments: laws.indices)
  func moments(_ index: Int) throws {
    let law = Self.laws[index]
    let values = try Self.values(law.choice, [300, 200], .float32).doubles()
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    let variance = values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / count
    let meansDeviation = (law.variance / count).squareRoot()
    #expect(["identity", "forgetBias"].contains(law.choice) || mean.magnitude <= 4 * meansDeviation)
    // A sample variance of kurtosis k deviates by sqrt((k - 1)/n): at most sqrt(29/60 000) = 2 % here.
    #expect((variance - law.variance).magnitude <= 0.06 * law.variance)
    let greatest = values.reduce(0) { max($0, $1.magnitude) }
    #expect(greatest <= law.bound * (1 + 1e-6))
    #expect(law.bound == .infinity || greatest >= 0.97 * law.bound)
  }

  /// The fourth moment tells normal, cut and uniform apart, which have one variance.
  @Test(arguments: [("glorotUniform", 1.8), ("glorotNormal", 2.3655), ("normal", 3.0)])
  func kurtosis(_ choice: String, _ expected: Double) throws {
    let values = try Self.values(choice, [500, 400], .float64).doubles()
    let second = values.reduce(0) { $0 + $1 * $1 } / 200_000
    let fourth = values.reduce(0) { $0 + $1 * $1 * $1 * $1 } / 200_000
    #expect((fourth / (second * second) - expected).magnitude < 0.05)
  }

  @Test func convolutionKernelsCountTheirField() throws {
    let values = try Self.values("heNormal", [3, 3, 32, 64], .float32).doubles()
    let variance = values.reduce(0) { $0 + $1 * $1 } / Double(values.count)
    #expect((variance / (2.0 / 288) - 1).magnitude < 0.04)
  }

  @Test func sparseValuesAreAsManyAsAsked() throws {
    let values = try Self.values("sparseNormal(connectivity: 0.05, gain: 1)", [1000, 1000], .float64)
    let present = try values.doubles().filter { $0 != 0 }
    #expect((Double(present.count) / 1e6 - 0.05).magnitude < 0.001)
    let variance = present.reduce(0) { $0 + $1 * $1 } / Double(present.count)
    #expect((variance - 1 / 50).magnitude < 0.0006)
    // The gain is about the spectral radius: the growth of powers.
    let vector = Tensor.ones([1, 1000], dtype: .float64)
    let grown = (0..<40).reduce(vector) { x, _ in x.matmul(values) }
    let growth = try (grown.squared().sum() / 1000).scalar()
    #expect((pow(growth, 1.0 / 80) - 1).magnitude < 0.05)
  }

  @Test(arguments: [[40, 40], [60, 25], [25, 60], [3, 3, 4, 16], [3, 3, 4, 50], [1, 7], [7, 1]])
  func orthogonality(_ dimensions: [Int]) throws {
    for (dtype, tolerance) in [(DType.float32, 4e-6), (.float64, 1e-13)] {
      let (rows, columns) = (dimensions.dropLast().reduce(1, *), dimensions[dimensions.count - 1])
      let values = OrthogonalInitializer(gain: 1.5)(Shape(dimensions), dtype: dtype, key: Self.key)
      #expect(values.type == TensorType(dtype, Shape(dimensions)))
      let matrix = values.reshape(to: [rows, columns])
      let products = rows < columns ? matrix.matmul(matrix.transpose()) : matrix.transpose().matmul(matrix)
      let expected = Tensor.identity(min(rows, columns), dtype: .float64) * 2.25
      #expect(agree(try products.doubles(), try expected.doubles(), within: tolerance))
    }
  }

  @Test func orthogonalMatricesHaveNoPreferredSign() throws {
    let matrix = OrthogonalInitializer()([200, 200], dtype: .float64, key: Self.key)
    let diagonal = try (matrix * Tensor.identity(200, dtype: .float64)).sum([1]).doubles()
    #expect((70...130).contains(diagonal.filter { $0 > 0 }.count))
  }

  @Test func valuesDependOnTheKeyAlone() throws {
    for name in Self.all.names {
      let initializer = try Self.all.build(MethodSpec(name))
      let first = try initializer([4, 5], dtype: .float32, key: Self.key).doubles()
      #expect(try initializer([4, 5], dtype: .float32, key: Self.key).doubles() == first)
      let other = try initializer([4, 5], dtype: .float32, key: Key(seed: 4)).doubles()
      #expect((other == first) == ["constant", "forgetBias", "identity"].contains(name))
    }
  }

  @Test(arguments: ["orthogonal", "identity"])
  func shapesThatCannotBeAreErrors(_ name: String) throws {
    let initializer = try Self.all.build(MethodSpec(name))
    #expect(throws: Diagnostic.self) { try initializer([4], dtype: .float32, key: Self.key).evaluate() }
  }

  @Test(arguments: [
    "normal(deviation: -1)", "truncatedNormal(deviation: -1)", "uniform(limit: -0.1)",
    "sparseNormal(connectivity: 0)", "sparseNormal(connectivity: 1.5)", "varianceScaling(scale: -1)",
    "varianceScaling(mode: fan)", "heNormal(scale: 2)", "orthogonal(gain: nan)", "heNorml",
  ])
  func wrongOptionsAreErrors(_ text: String) throws {
    #expect(throws: ConfigurationError.self) { try Self.make(text) }
  }
}
