"""Forms that fill themselves (表单自动填报): templates, drafts, what fills them, submitting and corrections."""
