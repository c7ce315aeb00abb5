import Sockets

/// What `cohort serve --test-endpoints` adds: a node of a demo whose tests look behind the curtain.
package enum TestEndpoints {
    /// Arms the fault point that the environment names.
    ///
    /// - Throws: ``DemoProblem``, also where other machines could reach this node.
    package static func prepare(_ configuration: Configuration) throws(DemoProblem) {
        guard configuration.address.isLoopback else {
            throw .testHook("--test-endpoints is for nodes that listen at the loopback alone")
        }
        try DemoTestHooks(environment: ProcessSetup.environment, isAllowed: true).armFaultPoint()
    }
}
