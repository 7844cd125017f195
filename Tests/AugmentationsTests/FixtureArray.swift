import Foundation
import Tensors
import Testing

/// A number of a fixture; non-finite ones are the words `nan`, `inf` and `-inf`.
struct FixtureNumber: Decodable {
  let value: Double

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let number = try? container.decode(Double.self) {
      value = number
    } else {
      value = try #require(Double(try container.decode(String.self)))
    }
  }
}

/// An array of a fixture.
struct FixtureArray: Decodable {
  let dtype: String
  let shape: [Int]
  let values: [FixtureNumber]

  var numbers: [Double] { values.map(\.value) }

  func tensor() throws -> Tensor {
    let type = try #require(DType.allCases.first { "\($0)" == dtype })
    return Tensor(numbers, shape: Shape(shape)).cast(to: type)
  }
}

/// The rows of `name`.json.
func fixture<Row: Decodable>(_ name: String, of type: Row.Type = Row.self) throws -> [Row] {
  let url = try #require(Bundle.module.url(forResource: name, withExtension: "json", subdirectory: "Fixtures"))
  return try JSONDecoder().decode([Row].self, from: Data(contentsOf: url))
}

extension Tensor {
  /// The elements as doubles, whatever the element type.
  func doubles() throws -> [Double] { try cast(to: .float64).values() }
}

/// Whether numbers agree, relatively where they are greater than 1; NaN agrees with nothing.
func agree(_ found: [Double], _ expected: [Double], within tolerance: Double) -> Bool {
  found.count == expected.count && worstError(found, expected) <= tolerance
}

/// The greatest error, relative where the expected number is greater than 1.
func worstError(_ found: [Double], _ expected: [Double]) -> Double {
  zip(found, expected).map { found, expected in
    let error = found == expected ? 0 : (found - expected).magnitude / max(1, expected.magnitude)
    return error.isNaN ? .infinity : error
  }.max() ?? 0
}
