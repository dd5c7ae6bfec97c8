// swift-tools-version: 6.2
import PackageDescription

/// Every target is held to the same rules: no warning passes, existentials are spelled out, imports stay private.
let rules: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .treatAllWarnings(as: .error),
]

func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: rules)
}

func tests(_ target: String, _ more: [Target.Dependency] = []) -> Target {
  .testTarget(name: target + "Tests", dependencies: [.init(stringLiteral: target)] + more, swiftSettings: rules)
}

let package = Package(
  name: "provost",
  products: [
    .executable(name: "provost", targets: ["Provost"]),
    .library(name: "HTTPServer", targets: ["HTTPServer"]),
    .library(name: "Database", targets: ["Database"]),
    .library(name: "Templates", targets: ["Templates"]),
    .library(name: "CSV", targets: ["CSV"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
  ],
  targets: [
    .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(name: "CPostgres", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
    .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .systemLibrary(name: "CLinux"),

    library("HTTPServer", ["CLinux", "COpenSSL"]),
    library("Database", ["CSQLite", "CPostgres"]),
    library("Templates"),
    library("CSV"),
    library("Charts"),
    library("Secrets", ["COpenSSL"]),
    library("Mail", ["CCurl"]),

    library("Domain", ["Database", "CSV", "Secrets"]),
    library("Web", ["Domain", "HTTPServer", "Templates", "Charts", "Mail", .product(name: "Logging", package: "swift-log")]),
    .executableTarget(
      name: "Provost",
      dependencies: [
        "Web", "Mail", .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: rules),

    .executableTarget(name: "RenderingBench", dependencies: ["Templates"], path: "Benchmarks/Rendering", swiftSettings: rules),
    .target(name: "Support", dependencies: ["Database", "COpenSSL", "CPostgres"], path: "Tests/Support", swiftSettings: rules),
    .target(name: "World", dependencies: ["Support", "Domain", "Secrets"], path: "Tests/World", swiftSettings: rules),
    tests("HTTPServer"),
    tests("Database", ["Support"]),
    tests("Templates"),
    tests("CSV"),
    tests("Charts"),
    tests("Secrets"),
    tests("Mail", ["Support"]),
    tests("Domain", ["Support", "World"]),
    tests("Web", ["Support", "World"]),
    tests("Provost", ["Support", "World"]),
  ],
  swiftLanguageModes: [.v6]
)

// What shares memory between threads lies in these; for the thread sanitizer the rest need not be built.
if Context.environment["PROVOST_THREADS"] != nil {
  let threaded: Set = [
    "CLinux", "COpenSSL", "CSQLite", "CPostgres", "HTTPServer", "Database", "Secrets", "Support", "HTTPServerTests", "DatabaseTests",
    "SecretsTests",
  ]
  package.targets.removeAll { !threaded.contains($0.name) }
  package.products.removeAll { !threaded.contains($0.name) }
  package.dependencies = []
}
