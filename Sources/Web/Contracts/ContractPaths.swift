extension Path {
  /// An organization's contracts.
  public static func contracts(_ organization: String) -> Path { Path(["o", organization, "contracts"]) }
  /// The contracts as listed, as CSV.
  public static func contractsExport(_ organization: String) -> Path { Path(["o", organization, "contracts.csv"]) }
  /// The page that makes a contract.
  public static func newContract(_ organization: String) -> Path { Path(["o", organization, "contracts", "new"]) }
  /// A contract with its ledger.
  public static func contract(_ organization: String, _ id: Int64) -> Path { Path(["o", organization, "contracts", String(id)]) }
  /// The page that changes a contract.
  public static func editContract(_ organization: String, _ id: Int64) -> Path {
    Path(["o", organization, "contracts", String(id), "edit"])
  }
  /// A contract's ledger as CSV.
  public static func ledgerExport(_ organization: String, _ id: Int64) -> Path {
    Path(["o", organization, "contracts", String(id), "ledger.csv"])
  }
}
