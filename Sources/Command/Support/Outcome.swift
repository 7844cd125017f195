import ArgumentParser
import Foundation
import Serve
import Tanren

/// How the command ends: the one place that turns errors into messages and exit statuses.
enum Outcome {
  static let success: Int32 = 0
  /// Something failed while running.
  static let failure: Int32 = 1
  /// The input was invalid.
  static let badInput: Int32 = 2
  /// 128 plus the number of the signal that Ctrl-C sends, as in shells.
  static let interrupted: Int32 = 130

  /// Runs a command line, reports errors, and returns the exit status.
  static func run(_ arguments: [String]) -> Int32 {
    LostOutput.endsProcess()
    defer { for note in RenamedSettings.takeNotes() { Terminal.current(.standardError).write("Note: \(note)\n") } }
    do {
      try checkCommandName(arguments)
      let arguments = RenamedOption.replaced(in: arguments) { Terminal.current(.standardError).write($0 + "\n") }
      var command = try TanrenCommand.parseAsRoot(arguments)
      try command.run()
      LostOutput.check()
      return success
    } catch {
      let (message, status) = describe(error)
      Terminal.current(status == success ? .standardOutput : .standardError).write(
        message.isEmpty ? "" : message + "\n")
      return status
    }
  }

  /// The message for an error, and the exit status.
  static func describe(_ error: any Error) -> (message: String, status: Int32) {
    switch error {
    case let error as TrainingError:
      if case .output(let failure) = error { return ("Error: \(error)", status(of: failure)) }
      return ("Error: \(error)", badInput)
    case is ConfigurationError, is AugmentationError, is Diagnostic, is HostArrayError, is ReportError,
      is StatisticsError, is ServeError, is UsageError:
      return ("Error: \(error)", badInput)
    case let error as ModelFileError:
      if case .file(let failure) = error { return ("Error: \(error)", status(of: failure)) }
      return ("Error: \(error)", badInput)
    case let error as ExportError:
      if case .file(let failure) = error { return ("Error: \(error)", status(of: failure)) }
      return ("Error: \(error)", badInput)
    case is WeightError, is SafetensorsError: return ("Error: \(error)", badInput)
    case let error as DatasetError:
      return ("Error: \(error)", status(of: error))
    case let error as StoreError: return ("Error: \(error)", status(of: error))
    case is CheckpointError: return ("Error: \(error)", failure)
    case let error as EngineError: return ("Error: \(error)", status(of: error))
    case let error as RendezvousError: return ("Error: \(error)", status(of: error))
    default: break
    }
    // The rest comes from the parser: requested help, and arguments it cannot parse.
    let status = TanrenCommand.exitCode(for: error).rawValue
    let message = TanrenCommand.fullMessage(for: error)
    return (message, status == ExitCode.validationFailure.rawValue ? badInput : status)
  }

  /// A full or broken disk is a failure. Any other path that cannot be written is invalid input: another one would
  /// work.
  private static func status(of failure: FileFailure) -> Int32 {
    [ENOSPC, EDQUOT, EFBIG, EIO, EPIPE, ENOMEM].contains(failure.code) ? Outcome.failure : badInput
  }

  private static func status(of error: DatasetError) -> Int32 {
    switch error.problem {
    case .downloadFailed: failure
    case .unwritable(let failure): status(of: failure)
    default: badInput
    }
  }

  private static func status(of error: StoreError) -> Int32 {
    switch error {
    case .damaged, .damagedRun, .full, .locked, .failed, .leaseLost: failure
    default: badInput
    }
  }

  private static func status(of error: EngineError) -> Int32 {
    switch error {
    case .missingPlugin, .notPlugin, .unsupportedPlugin, .unsoundPlugin, .invalidOptions, .alreadyStarted,
      .noSuchDevice, .file, .separateProcesses:
      badInput
    case .rendezvous(let error): status(of: error)
    default: failure
    }
  }

  private static func status(of error: RendezvousError) -> Int32 {
    switch error {
    case .invalid, .taken, .refused, .cannotServe: badInput
    case .file(let failure): status(of: failure)
    case .missing, .lost, .ended, .unreachable, .timeout: failure
    }
  }

  /// The parser would report an unknown command as an unexpected argument, without a suggestion.
  private static func checkCommandName(_ arguments: [String]) throws(UsageError) {
    guard let name = arguments.first, !name.hasPrefix("-") else { return }
    let known = TanrenCommand.configuration.subcommands.compactMap { $0.configuration.commandName }
    guard !(known + ["help"]).contains(name) else { return }
    let hint = name.nearest(in: known).map { ": did you mean '\($0)'?" } ?? "."
    throw UsageError("there is no command '\(name)'\(hint) The commands are \(known.joined(separator: ", ")).")
  }
}

/// Invalid input that only the command itself can recognize.
struct UsageError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}

/// An option whose name has changed. The old name still works, with a note on standard error.
struct RenamedOption {
  /// The subcommand and its parents, as typed: `engine install`.
  let command: String
  let old: String
  let new: String

  static let all = [
    RenamedOption(command: "engine install", old: "--again", new: "--force"),
    RenamedOption(command: "run", old: "--batch", new: "--batch-size"),
    RenamedOption(command: "run", old: "--rule", new: "--gradient-rule"),
    RenamedOption(command: "schedule plot", old: "--batch", new: "--batch-size"),
  ]

  /// The arguments with current names.
  /// - Parameter note: receives a sentence for each old name.
  static func replaced(in arguments: [String], note: (String) -> Void) -> [String] {
    arguments.enumerated().map { index, argument in
      for option in all where argument == option.old || argument.hasPrefix(option.old + "=") {
        guard arguments[..<index].joined(separator: " ").hasPrefix(option.command) else { continue }
        note("Note: \(option.old) is deprecated. Use \(option.new) instead.")
        return option.new + argument.dropFirst(option.old.count)
      }
      return argument
    }
  }
}
