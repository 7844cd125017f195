import ArgumentParser

/// `tanren schedule`: schedules of hyper-parameters.
struct ScheduleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schedule", abstract: "Shows schedules of learning rates and other settings.",
    subcommands: [SchedulePlotCommand.self])
}
