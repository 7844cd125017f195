import CPJRT
import Foundation
import Synchronization

/// A store as a plugin's client calls it: from any thread, until the client is destroyed.
final class KeyValueCallbacks: Sendable {
  private let store: any KeyValueStore
  private let failure = Mutex<RendezvousError?>(nil)

  init(_ store: any KeyValueStore) { self.store = store }

  /// The last error of the store, which the plugin reports in words of its own; nil if there was none.
  var lastFailure: RendezvousError? { failure.withLock { $0 } }

  /// Has the client that is created call the store. This must live as long as the client.
  func install(in arguments: inout PJRT_Client_Create_Args) {
    let address = Unmanaged.passUnretained(self).toOpaque()
    arguments.kv_get_user_arg = address
    arguments.kv_put_user_arg = address
    arguments.kv_try_get_user_arg = address
    arguments.kv_get_callback = { arguments in
      guard let arguments, let callbacks = KeyValueCallbacks.at(arguments.pointee.user_arg) else { return nil }
      let key = KeyValueCallbacks.key(arguments.pointee.key, arguments.pointee.key_size)
      let timeout = Duration.milliseconds(Int(arguments.pointee.timeout_in_ms))
      return callbacks.answer(arguments.pointee.callback_error) { () throws(RendezvousError) in
        let value = try callbacks.store.value(of: key, within: timeout)
        (arguments.pointee.value, arguments.pointee.value_size) = (KeyValueCallbacks.copy(value), value.count)
        arguments.pointee.value_deleter_callback = { free($0) }
      }
    }
    arguments.kv_try_get_callback = { arguments in
      guard let arguments, let callbacks = KeyValueCallbacks.at(arguments.pointee.user_arg) else { return nil }
      let key = KeyValueCallbacks.key(arguments.pointee.key, arguments.pointee.key_size)
      return callbacks.answer(arguments.pointee.callback_error) { () throws(RendezvousError) in
        guard let value = try callbacks.store.value(of: key) else { throw .timeout(key: key, seconds: 0) }
        (arguments.pointee.value, arguments.pointee.value_size) = (KeyValueCallbacks.copy(value), value.count)
        arguments.pointee.value_deleter_callback = { free($0) }
      }
    }
    arguments.kv_put_callback = { arguments in
      guard let arguments, let callbacks = KeyValueCallbacks.at(arguments.pointee.user_arg) else { return nil }
      let key = KeyValueCallbacks.key(arguments.pointee.key, arguments.pointee.key_size)
      let value = UnsafeRawBufferPointer(start: arguments.pointee.value, count: arguments.pointee.value_size)
      return callbacks.answer(arguments.pointee.callback_error) { () throws(RendezvousError) in
        try callbacks.store.put(key, [UInt8](value))
      }
    }
  }

  /// Runs a callback, and makes its error one of the plugin's.
  private func answer(
    _ makeError: UnsafeMutablePointer<PJRT_CallbackError?>?, _ body: () throws(RendezvousError) -> Void
  ) -> OpaquePointer? {
    do throws(RendezvousError) {
      try body()
      return nil
    } catch {
      let code = Self.code(of: error)
      // Asking for what isn't there yet is no failure.
      if code != PJRT_Error_Code_NOT_FOUND { failure.withLock { $0 = error } }
      var message = error.description
      return message.withUTF8 { text in
        text.withMemoryRebound(to: CChar.self) { makeError?.pointee?(code, $0.baseAddress, $0.count) }
      }
    }
  }

  private static func at(_ address: UnsafeMutableRawPointer?) -> KeyValueCallbacks? {
    address.map { Unmanaged<KeyValueCallbacks>.fromOpaque($0).takeUnretainedValue() }
  }

  /// A key that isn't text is named by its bytes.
  private static func key(_ start: UnsafePointer<CChar>?, _ count: Int) -> String {
    let bytes = UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count)
    return String(validating: bytes, as: UTF8.self) ?? "bytes/" + SHA256.hexadecimal(bytes)
  }

  /// What the plugin frees.
  private static func copy(_ value: [UInt8]) -> UnsafeMutablePointer<CChar>? {
    let copy = UnsafeMutableRawBufferPointer(start: malloc(max(value.count, 1)), count: value.count)
    copy.copyBytes(from: value)
    return copy.baseAddress?.assumingMemoryBound(to: CChar.self)
  }

  private static func code(of error: RendezvousError) -> PJRT_Error_Code {
    switch error {
    case .timeout(_, 0): PJRT_Error_Code_NOT_FOUND
    case .timeout, .missing: PJRT_Error_Code_DEADLINE_EXCEEDED
    case .lost, .ended, .unreachable: PJRT_Error_Code_UNAVAILABLE
    default: PJRT_Error_Code_INTERNAL
    }
  }
}
