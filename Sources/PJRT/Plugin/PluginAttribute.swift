import CPJRT

/// A value that a plugin tells about itself.
public enum PluginAttribute: Sendable, Hashable {
  case string(String)
  case int(Int64)
  case ints([Int64])
  case float(Float)
  case bool(Bool)

  init(_ value: PJRT_NamedValue) {
    switch value.type {
    case PJRT_NamedValue_kInt64: self = .int(value.int64_value)
    case PJRT_NamedValue_kInt64List:
      self = .ints([Int64](UnsafeBufferPointer(start: value.int64_array_value, count: value.value_size)))
    case PJRT_NamedValue_kFloat: self = .float(value.float_value)
    case PJRT_NamedValue_kBool: self = .bool(value.bool_value)
    default: self = .string(String(bytes: value.string_value, count: value.value_size))
    }
  }
}

extension PluginAttribute: CustomStringConvertible {
  public var description: String {
    switch self {
    case .string(let value): value
    case .int(let value): "\(value)"
    case .ints(let values): values.map(String.init).joined(separator: ".")
    case .float(let value): "\(value)"
    case .bool(let value): "\(value)"
    }
  }
}

extension String {
  /// Text that C gives as a start and a length, without a terminating zero.
  init(bytes start: UnsafePointer<CChar>?, count: Int) {
    let bytes = UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count)
    self = String(decoding: bytes, as: UTF8.self)
  }
}
