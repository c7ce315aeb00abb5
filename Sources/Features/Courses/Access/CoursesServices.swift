package import WebServer

/// What the feature's routes ask of features above it, and of the process; one value is provided to every loop's context.
package struct CoursesServices: Sendable {
    /// Knows the assignments and quizzes that modules lead to.
    package let coursework: any Coursework
    /// Knows the files that modules lead to.
    package let files: any CourseFiles
    /// Knows the live classes that discussions go on from.
    package let classes: any CourseClasses
    /// How often wrong codes of courses may be tried.
    let joining = JoinThrottle()

    /// Wires the feature.
    package init(
        coursework: any Coursework, files: any CourseFiles = NoFiles(),
        classes: any CourseClasses = NoClasses()
    ) {
        self.coursework = coursework
        self.files = files
        self.classes = classes
    }

    /// Hands itself to a loop's handlers.
    package func provide(to context: WebContext) { context.provide(self) }
}

extension CourseCall {
    /// Knows the files.
    var files: any CourseFiles { context.service(CoursesServices.self).files }
    /// Knows the assignments and quizzes.
    var coursework: any Coursework { context.service(CoursesServices.self).coursework }
}
