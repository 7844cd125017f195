import Arrays

/// The first number of an array that is NaN or infinite.
public struct NonFiniteNumber: Sendable, Hashable, CustomStringConvertible {
  /// Its position, one index per axis.
  public let index: [Int]
  public let value: Double
  /// How many such numbers there are.
  public let count: Int

  /// "nan at [3, 17], the first of 12 such numbers".
  public var description: String {
    let place = "\(value) at [\(index.map(String.init).joined(separator: ", "))]"
    return count == 1 ? place : place + ", the first of \(count) such numbers"
  }
}

extension HostArray {
  /// The first number that is NaN or infinite; nil if all are finite, as integers are.
  public var firstNonFinite: NonFiniteNumber? {
    switch dtype {
    case .float16: firstNonFinite(UInt16.self, exponent: 0x7c00, fraction: 0x3ff, sign: 0x8000)
    case .bfloat16: firstNonFinite(UInt16.self, exponent: 0x7f80, fraction: 0x7f, sign: 0x8000)
    case .float32: firstNonFinite(UInt32.self, exponent: 0x7f80_0000, fraction: 0x7f_ffff, sign: 0x8000_0000)
    case .float64:
      firstNonFinite(
        UInt64.self, exponent: 0x7ff0_0000_0000_0000, fraction: 0xf_ffff_ffff_ffff, sign: 0x8000_0000_0000_0000)
    case .bool, .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32, .uint64: nil
    }
  }

  /// A number whose exponent is all ones is NaN or infinite. Bits are counted rather than searched, a loop without
  /// branches that compilers vectorize: reading a file takes far longer.
  private func firstNonFinite<Bits: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
    _ type: Bits.Type, exponent: Bits, fraction: Bits, sign: Bits
  ) -> NonFiniteNumber? {
    bytes.withUnsafeBytes { raw -> NonFiniteNumber? in
      let size = MemoryLayout<Bits>.size
      let total = raw.count / size
      var (count, index) = (0, 0)
      while index < total {
        if raw.loadUnaligned(fromByteOffset: index &* size, as: type) & exponent == exponent { count &+= 1 }
        index &+= 1
      }
      guard count > 0 else { return nil }
      var first = 0
      while raw.loadUnaligned(fromByteOffset: first * size, as: type) & exponent != exponent { first += 1 }
      let bits = raw.loadUnaligned(fromByteOffset: first * size, as: type)
      let value: Double = bits & fraction != 0 ? .nan : bits & sign != 0 ? -.infinity : .infinity
      var (place, rest) = ([Int](), first)
      for extent in shape.reversed() {
        place.append(rest % extent)
        rest /= extent
      }
      return NonFiniteNumber(index: place.reversed(), value: value, count: count)
    }
  }
}
