/// A number of a fixture; non-finite ones are the words `nan`, `inf` and `-inf`.
public struct FixtureNumber: Decodable, Sendable {
  public let value: Double

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let number = try? container.decode(Double.self) {
      value = number
    } else if let number = Double(try container.decode(String.self)) {
      value = number
    } else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "neither a number nor nan, inf or -inf")
    }
  }
}
