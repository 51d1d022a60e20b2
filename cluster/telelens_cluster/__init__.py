"""The far side: traffic manager, injector webhook, agent."""
