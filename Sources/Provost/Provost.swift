import ArgumentParser

@main
struct Provost: ParsableCommand {
  /// Shown at the foot of each page and by `--version`.
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "provost", abstract: "An admin console for learning programs and coaching.", version: version,
    subcommands: [
      ServeCommand.self, ImportCommand.self, ExportCommand.self, OrganizationCommand.self, ProgramCommand.self,
      ContractCommand.self, AdminCommand.self, SetupCommand.self, DemoCommand.self,
      MigrateCommand.self,
      CheckCommand.self, BackupCommand.self, RestoreCommand.self, BounceCommand.self,
    ])
}
