@_exported import Arrays
@_exported import Files

/// Why the engine failed. `description` says what happened, where, and how to fix it.
public enum EngineError: Error, Equatable, Sendable {
  /// No plugin for the device was found in any of the places searched.
  case missingPlugin(device: String, searched: [String])
  /// The file can't be loaded or isn't a PJRT plugin.
  case notPlugin(path: String, reason: String)
  /// The plugin implements a version of the PJRT C API that lacks required functions.
  case unsupportedPlugin(path: String, version: String)
  /// The plugin would give wrong numbers.
  case unsoundPlugin(path: String, reason: String)
  /// An installed file differs from its package's; `requirement` names the package if pip installed it.
  case damaged(path: String, reason: String, requirement: String? = nil)
  /// Options that the engine would reject or abort on.
  case invalidOptions(String)
  /// The engine was configured after it started.
  case alreadyStarted(device: String, devices: Int)
  /// A device number outside `0..<count`.
  case noSuchDevice(index: Int, count: Int)
  /// The program doesn't compile; the message is XLA's, with line and column.
  case compilation(message: String)
  /// The program's `@main` takes or returns a type that buffers can't hold.
  case unsupportedProgram(String)
  /// The bytes aren't a compiled program of this version.
  case corruptProgram(String)
  case wrongArgumentCount(expected: Int, actual: Int)
  case wrongArgument(index: Int, expected: BufferType, actual: BufferType)
  /// An argument belongs to another client.
  case foreignArgument(index: Int)
  case wrongByteCount(type: BufferType, actual: Int)
  /// The buffer's memory was donated to a program that was executed.
  case donated(String)
  /// The plugin reported an error; the message is XLA's.
  case failed(operation: String, code: Code, message: String)
  /// A file or folder can't be read or written.
  case file(path: String, reason: String)
  /// The plugin's programs can't span processes; the answer is the plugin's when it was asked to.
  case separateProcesses(platform: String, answer: String)
  /// The processes that were to train together don't meet, or no longer.
  case rendezvous(RendezvousError)
  /// The engine can't be downloaded or unpacked.
  case installation(String)
}

extension EngineError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .missingPlugin(let device, let searched):
      """
      no PJRT plugin for '\(device)' was found. \(Self.remedy(for: device)), or name a plugin's file in the \
      environment variable TANREN_PJRT_PLUGIN. Looked in:
      \(searched.map { "  " + $0 }.joined(separator: "\n"))
      """
    case .notPlugin(let path, let reason):
      "\(path) is not a PJRT plugin that can be loaded: \(reason)"
    case .unsupportedPlugin(let path, let version):
      "\(path) speaks PJRT C API \(version), which lacks functions that Tanren needs: install a newer plugin"
    case .unsoundPlugin(let path, let reason):
      "\(path) gives wrong numbers: \(reason). Use another plugin: `tanren engine install` brings one that is tested"
    case .damaged(let path, let reason, nil):
      "\(path) is damaged: \(reason). `tanren engine install\(Self.option(forFile: path))` replaces it"
    case .damaged(let path, let reason, let requirement?):
      """
      \(path) is damaged: \(reason). `python3 -m pip install --force-reinstall --no-deps \(requirement)` replaces it
      """
    case .invalidOptions(let reason):
      reason
    case .alreadyStarted(let device, let devices):
      """
      the engine already runs on '\(device)' with \(devices) \(devices == 1 ? "device" : "devices"): \
      configure it before its first use
      """
    case .noSuchDevice(let index, let count):
      "there is no device \(index): the engine has \(count), numbered from 0"
    case .compilation(let message):
      "the program doesn't compile: \(message)"
    case .unsupportedProgram(let reason):
      "the program can't be run: \(reason)"
    case .corruptProgram(let reason):
      "the bytes are no compiled program: \(reason)"
    case .wrongArgumentCount(let expected, let actual):
      "the program takes \(expected) \(expected == 1 ? "argument" : "arguments"), but \(actual) were given"
    case .wrongArgument(let index, let expected, let actual):
      "argument \(index) of the program is \(expected), but \(actual) was given"
    case .foreignArgument(let index):
      "argument \(index) lives in another engine: read it and make a buffer here"
    case .wrongByteCount(let type, let actual):
      "a buffer of type \(type) needs \(type.byteCount) bytes, but \(actual) were given"
    case .donated(let what):
      "\(what) was donated to a program that has used its memory up: keep the program's output instead"
    case .failed(let operation, let code, let message):
      "\(operation) failed (\(code)): \(message)"
    case .file(let path, let reason):
      "\(path): \(reason)"
    case .separateProcesses(let platform, let answer):
      """
      programs on '\(platform)' can't span processes. The plugin answers: \(answer.hasSuffix(".") ? answer : answer + ".") \
      Train in one process on several devices (--devices 4, or Engine.configure(device:devices:)), or on a device whose \
      plugin connects processes, such as cuda
      """
    case .rendezvous(let error): error.description
    case .installation(let reason):
      "the engine can't be installed: \(reason)"
    }
  }
}

extension EngineError {
  /// Runs `body` and throws what the system refused as ``file(path:reason:)``.
  static func rethrowing<Value>(_ body: () throws(FileFailure) -> Value) throws(EngineError) -> Value {
    do throws(FileFailure) {
      return try body()
    } catch {
      throw .file(path: error.path, reason: "can't \(error.operation.rawValue) it: \(error.reason). \(error.remedy)")
    }
  }

  /// Runs `body` and throws what kept processes apart as ``rendezvous(_:)``.
  static func meeting<Value>(_ body: () throws(RendezvousError) -> Value) throws(EngineError) -> Value {
    do throws(RendezvousError) { return try body() } catch { throw .rendezvous(error) }
  }

  /// The command that installs a plugin.
  private static func remedy(for device: String) -> String {
    if device == "cpu" {
      return "Install it with `tanren engine install` (in a checkout: `swift run -c release tanren engine install`)"
    }
    guard let accelerator = Accelerator.named(device) else {
      return "Install it with `tanren engine install --engine \(device)`"
    }
    return "Install it with `python3 -m pip install \(accelerator.requirement)`"
      + (accelerator.isTested ? "" : " (untested: Tanren has not been run on such a device)")
  }

  /// The option that names the engine to install, if the file belongs to another than the default.
  private static func option(forFile path: String) -> String {
    let engine = EngineWheel.engines(for: .current).dropFirst().first { path.contains("/\($0.folder)/") }
    return engine.map { " --engine \($0.name)" } ?? ""
  }

  /// The canonical status codes of the PJRT C API.
  public enum Code: UInt32, Sendable, CustomStringConvertible {
    case cancelled = 1, unknown, invalidArgument, deadlineExceeded, notFound, alreadyExists, permissionDenied
    case resourceExhausted, failedPrecondition, aborted, outOfRange, unimplemented, `internal`, unavailable
    case dataLoss, unauthenticated

    public var description: String {
      switch self {
      case .cancelled: "cancelled"
      case .unknown: "unknown"
      case .invalidArgument: "invalid argument"
      case .deadlineExceeded: "deadline exceeded"
      case .notFound: "not found"
      case .alreadyExists: "already exists"
      case .permissionDenied: "permission denied"
      case .resourceExhausted: "out of memory or another resource"
      case .failedPrecondition: "failed precondition"
      case .aborted: "aborted"
      case .outOfRange: "out of range"
      case .unimplemented: "not implemented"
      case .internal: "internal error"
      case .unavailable: "unavailable"
      case .dataLoss: "data loss"
      case .unauthenticated: "unauthenticated"
      }
    }
  }
}
